export default function Fixed() {
  return <h1>fixed</h1>;
}
