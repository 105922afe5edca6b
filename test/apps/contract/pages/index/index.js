export default function IndexIndex() {
  return <h1>index of index</h1>;
}
