export async function getServerSideProps() {
  const { SECRET, PLAIN, ESCAPED, QUOTED, OVERRIDDEN, LOCAL_ONLY, NODE_ENV } = process.env;
  return { props: { server: { SECRET, PLAIN, ESCAPED, QUOTED, OVERRIDDEN, LOCAL_ONLY, NODE_ENV } } };
}

export default function Env({ server }) {
  const both = {
    base: process.env.NEXT_PUBLIC_BASE,
    expanded: process.env.NEXT_PUBLIC_EXPANDED,
    config: process.env.FROM_CONFIG,
    mode: process.env.NODE_ENV,
  };
  return (
    <main>
      <pre id="server">{JSON.stringify(server)}</pre>
      <pre id="both">{JSON.stringify(both)}</pre>
    </main>
  );
}
