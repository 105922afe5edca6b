export const getStaticPaths = () => ({ paths: ["/only/this"], fallback: false });

export const getStaticProps = ({ params }) => ({ props: params });

export default function Never({ never }) {
  return <h1>{never.join("/")}</h1>;
}
