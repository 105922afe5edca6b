import dynamic from "next/dynamic";

const A = dynamic(() => import("../comp/a"), { loadableGenerated: { modules: ["comp/a"] } });
const B = dynamic(() => import("../comp/b"), { ssr: false, loading: () => <i>loading</i>, loadableGenerated: { modules: ["comp/b"] } });
export default function Page() {
  return <div><A /><B /></div>;
}
