export default function Page() {
  return <pre>five hundred</pre>;
}
