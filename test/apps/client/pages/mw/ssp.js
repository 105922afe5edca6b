export { default, getServerSideProps } from "../ssp";
