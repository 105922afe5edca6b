export default function P() {}
export const getServerSideProps = () => {};
