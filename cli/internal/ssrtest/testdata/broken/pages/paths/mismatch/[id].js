export default function P() {}
export const getStaticProps = () => ({ props: {} });
export const getStaticPaths = () => ({paths:["/other/a"],fallback:true});
