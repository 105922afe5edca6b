import Link from "next/link";
import { useRouter } from "next/router";

export function getStaticProps({ preview = false, previewData = null }) {
  return { props: { preview, previewData } };
}

/** Shows whether it was made as a draft, and what the router thinks. */
export default function Drafts({ preview, previewData }) {
  const router = useRouter();
  return (
    <main>
      <p>
        {`preview ${preview} ${JSON.stringify(previewData)} router ${router.isPreview}`}
      </p>
      <Link id="home" href="/">
        home
      </Link>
    </main>
  );
}
