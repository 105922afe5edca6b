export default function P() {}
export const getStaticProps = () => ({ props: {} });
export const getStaticPaths = () => ({paths:[],fallback:true,more:1});
