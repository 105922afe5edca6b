import Head from "next/head";
import Probe from "../components/Probe";

export default function Static() {
  return (
    <Probe name="static">
      <Head>
        <title>A static page</title>
      </Head>
    </Probe>
  );
}
