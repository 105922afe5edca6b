export default function Hidden() {
  return <h1>hidden by a rewrite</h1>;
}
