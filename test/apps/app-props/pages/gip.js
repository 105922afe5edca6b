function Gip({ kind }) {
  return <h1>{kind}</h1>;
}

Gip.getInitialProps = () => ({ kind: "gip" });

export default Gip;
