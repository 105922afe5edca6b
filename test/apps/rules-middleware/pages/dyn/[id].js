export { default, getServerSideProps } from "../ssr";
