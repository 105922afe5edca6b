import dynamic from "next/dynamic";
import Cookies from "js-cookie";
import { useEffect, useState } from "react";
import { Line, LineChart, XAxis } from "recharts";

const Counter = dynamic(() => import("@/components/Counter").then((module) => module.Counter), { ssr: false });

export default function Page() {
  const [cookie, setCookie] = useState("");
  useEffect(() => {
    Cookies.set("chart", "seen");
    setCookie(Cookies.get("chart") ?? "");
  }, []);
  return (
    <>
      <LineChart id="chart" width={300} height={100} data={[{ x: "a", y: 1 }, { x: "b", y: 3 }]}><XAxis dataKey="x" /><Line dataKey="y" isAnimationActive={false} /></LineChart>
      <p id="cookie">{cookie}</p>
      <Counter />
    </>
  );
}
