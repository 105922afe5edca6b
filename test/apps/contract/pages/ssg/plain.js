import fs from "fs";
import path from "path";

export async function getStaticProps(context) {
  return {
    props: {
      keys: Object.keys(context).sort(),
      reason: context.revalidateReason ?? null,
      file: fs.readFileSync(path.join(process.cwd(), "data/on-disk.txt"), "utf8").trim(),
      markup: "</script><!-- & > < \u2028 \u2029",
      list: [1, "two", null, { three: true }],
      nan: NaN,
    },
  };
}

export default function Plain(props) {
  return <pre>{JSON.stringify(props)}</pre>;
}
