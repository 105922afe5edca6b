import { note, notes, type Note } from "../../lib/database";

export async function getStaticPaths() {
  return { paths: (await notes()).map((n) => ({ params: { id: String(n.id) } })), fallback: "blocking" };
}

export async function getStaticProps({ params }: { params: { id: string } }) {
  const found = await note(params.id);
  return found ? { props: { note: found }, revalidate: 3600 } : { notFound: true, revalidate: 1 };
}

export default function One({ note }: { note: Note }) {
  return <p id="note">{note.text}</p>;
}
