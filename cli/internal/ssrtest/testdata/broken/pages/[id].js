export default function P() {}
export const getStaticProps = () => {};
