import { notes, type Note } from "../lib/database";

export async function getServerSideProps() {
  return { props: { notes: await notes() } };
}

export default function Home({ notes }: { notes: Note[] }) {
  return <ul>{notes.map((n) => <li key={n.id}>{n.text}</li>)}</ul>;
}
