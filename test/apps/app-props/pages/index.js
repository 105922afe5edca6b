export default function Home() {
  return <h1>would be static</h1>;
}
