export default function P() {}
export const getStaticProps = () => ({ props: {} });
export const getStaticPaths = () => ({paths:[5],fallback:false});
