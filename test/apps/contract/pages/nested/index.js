export default function Nested() {
  return <h1>nested</h1>;
}
