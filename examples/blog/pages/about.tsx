import Head from "next/head";
import Image from "next/image";
import hills from "@/images/hills.png";
import styles from "@/styles/About.module.css";

export default function About() {
  return (
    <>
      <Head>
        <title>{`About · ${process.env.NEXT_PUBLIC_SITE_NAME}`}</title>
      </Head>
      <h1>About</h1>
      <Image className={styles.picture} src={hills} alt="Green hills under an evening sky" placeholder="blur" />
      <p>
        These notes are short on purpose: one thing tried, one thing learned, and what to do differently next time. They
        come from a garden, a kitchen, a shed and a desk, and they are kept as plain Markdown files.
      </p>
      <p>
        The site is a small Next.js app of the Pages Router. Its pages are made when it is built, except for the search,
        which is rendered for each request, and the almanac, which is counted again every few seconds.
      </p>
    </>
  );
}
