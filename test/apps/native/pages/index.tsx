import bcrypt from "bcrypt";

type Props = { rounds: number; addons: boolean };

/** Made at build: native code runs there, too. */
export async function getStaticProps() {
  const rounds = bcrypt.getRounds(await bcrypt.hash("built", 5));
  return { props: { rounds, addons: Number(process.versions.modules) > 0 } };
}

export default function Home({ rounds, addons }: Props) {
  return <main id="built">{`${rounds} rounds, ${addons ? "addons" : "none"}`}</main>;
}
