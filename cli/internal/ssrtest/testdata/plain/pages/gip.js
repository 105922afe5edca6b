export default function Page({ keys, cookies, url }) {
  return <p>{keys} {url} {JSON.stringify(cookies)}</p>;
}
Page.getInitialProps = (context) => {
  if (context.query.nothing) return;
  return { keys: Object.keys(context).sort().join(), url: context.req.url, cookies: context.req.cookies };
};
