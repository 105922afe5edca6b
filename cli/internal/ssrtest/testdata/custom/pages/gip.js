export default function Page(props) {
  return <pre>{JSON.stringify(props)}</pre>;
}
Page.getInitialProps = ({ query, res }) => {
  if (query.end) {
    res.writeHead(302, { Location: "/x" });
    res.end();
    return {};
  }
  return { a: query.a };
};
