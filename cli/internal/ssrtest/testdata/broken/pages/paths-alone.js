export default function P() {}
export const getStaticPaths = () => {};
