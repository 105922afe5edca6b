import Link from "next/link";

const pages = ["swr", "theme", "auth", "i18n", "intl", "messages", "styled", "emotion", "mui", "query", "zustand", "form", "dates", "fetch", "blog/first", "mdx", "docs", "redux", "ui", "upload", "chart"];

export default function Index() {
  return (
    <main id="main" className="mx-auto max-w-2xl p-odd">
      <h1>{process.env.SITE} with {process.env.PLUGIN}</h1>
      <ul>{pages.map((page) => <li key={page}><Link href={"/" + page} id={"to-" + page}>{page}</Link></li>)}</ul>
    </main>
  );
}
