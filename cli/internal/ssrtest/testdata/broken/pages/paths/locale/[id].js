export default function P() {}
export const getStaticProps = () => ({ props: {} });
export const getStaticPaths = () => ({paths:[{params:{id:"a"},locale:"xx"}],fallback:true});
