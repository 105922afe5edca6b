export const getStaticProps = () => ({ props: {} });
export default function Failed() { return null; }
