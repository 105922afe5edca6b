export default function P() {}
P.getInitialProps = () => ({});
export const getServerSideProps = () => {};
