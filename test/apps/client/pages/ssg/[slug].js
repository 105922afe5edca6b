import Probe from "../../components/Probe";

export default function Ssg(props) {
  return <Probe name="ssg" {...props} />;
}

export const getStaticPaths = () => ({ paths: ["a", "b", "c"].map((slug) => ({ params: { slug } })), fallback: "blocking" });
export const getStaticProps = ({ params, locale = null }) => (params.slug === "gone" ? { notFound: true } : { props: { params, locale } });
