import Image from "next/legacy/image";
import dot from "../images/dot.png";

export default function Legacy() {
  // The old component wants a loader of its own there.
  if (process.env.variant === "loader-file") return null;
  return (
    <main>
      <Image id="intrinsic" src="/a.png" alt="intrinsic" width={300} height={200} />
      <Image id="fixed" src="/a.png" alt="fixed" width={300} height={200} layout="fixed" />
      <Image id="responsive" src="/a.png" alt="responsive" width={300} height={200} layout="responsive" sizes="50vw" />
      <Image id="fill" src="/a.png" alt="fill" layout="fill" objectFit="cover" objectPosition="10% 20%" />
      <Image id="import" src={dot} alt="import" placeholder="blur" />
      <Image id="priority" src="/a.png" alt="priority" width={30} height={20} priority lazyBoundary="100px" />
      <Image id="unoptimized" src="/a.png" alt="unoptimized" width={30} height={20} unoptimized quality={30} className="c" />
      <Image id="loader" src="a.png" alt="loader" width={30} height={20} loader={({ src, width }) => `https://l.example.com/${src}?${width}`} />
    </main>
  );
}
