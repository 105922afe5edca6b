export default function P() {}
P.getStaticProps = () => {};
export const getServerSideProps = 5;
