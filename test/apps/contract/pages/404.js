export function getStaticProps(context) {
  return { props: { keys: Object.keys(context).sort(), reason: context.revalidateReason ?? null } };
}

export default function NotFound({ keys }) {
  return <h1 data-keys={keys.join(" ")}>Our own 404</h1>;
}
