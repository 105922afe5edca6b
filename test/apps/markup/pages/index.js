export default function Home() {
  return <h1>markup</h1>;
}
