import fs from "fs";
import os from "os";
import path from "path";

export function getStaticPaths() {
  return { paths: ["/isr/built", "/isr/paired", "/isr/flaky"], fallback: "blocking" };
}

/** Runs are counted in a file, since there may be several workers. */
function runs(id) {
  const file = path.join(process.env.COUNT_DIR || os.tmpdir(), `runs-${id}`);
  fs.appendFileSync(file, ".");
  return fs.readFileSync(file, "utf8").length;
}

export async function getStaticProps({ params: { id }, revalidateReason }) {
  const stamp = `stamp-${id}-${Date.now()}`;
  if (id === "flaky" && revalidateReason !== "build") throw new Error("flaky is down");
  if (id === "gone") return { notFound: true, revalidate: 3 };
  if (id === "moved") return { redirect: { destination: `/about?${stamp}`, permanent: false }, revalidate: 3 };
  if (id === "slow") {
    await new Promise((resolve) => setTimeout(resolve, 2000));
    return { props: { stamp: "", id, runs: runs(id), reason: null }, revalidate: 3 };
  }
  if (id.startsWith("single")) {
    await new Promise((resolve) => setTimeout(resolve, 300));
    return { props: { stamp: "", id, runs: runs(id), reason: null }, revalidate: 60 };
  }
  return { props: { stamp, id, runs: 0, reason: revalidateReason ?? null }, revalidate: 3 };
}

export default function Isr({ id, stamp, runs, reason }) {
  return (
    <p>
      {id} {stamp} runs={runs} reason={String(reason)}
    </p>
  );
}
