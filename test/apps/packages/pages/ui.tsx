import { useState } from "react";
import { Disclosure, DisclosureButton, DisclosurePanel, Menu, MenuButton, MenuItem, MenuItems } from "@headlessui/react";
import { BeakerIcon } from "@heroicons/react/24/solid";
import * as Dialog from "@radix-ui/react-dialog";
import { cva } from "class-variance-authority";
import clsx from "clsx";
import { AnimatePresence, motion } from "framer-motion";
import { Camera } from "lucide-react";
import { FaBeer } from "react-icons/fa";
import toast, { Toaster } from "react-hot-toast";
import { twMerge } from "tailwind-merge";
import styles from "@/styles/panel.module.scss";

const button = cva("rounded", { variants: { size: { large: "text-4xl" } } });

export default function Page() {
  const [shown, setShown] = useState(false);
  return (
    <main>
      <p id="classes" className={twMerge("p-2 px-1", clsx({ "p-4": true, absent: false }))}>classes</p>
      <button id="variant" className={button({ size: "large" })} onClick={() => toast.success("Toasted")}>variant</button>
      <div id="panel" className={clsx(styles.panel, styles.wide)}><Camera id="camera" size={12} /><FaBeer id="beer" /><BeakerIcon id="beaker" width={12} /></div>
      <Disclosure>
        <DisclosureButton id="disclose">More</DisclosureButton>
        <DisclosurePanel id="disclosed">Disclosed</DisclosurePanel>
      </Disclosure>
      <Menu>
        <MenuButton id="menu">Menu</MenuButton>
        <MenuItems anchor="bottom"><MenuItem><a id="item" href="/swr">Item</a></MenuItem></MenuItems>
      </Menu>
      <Dialog.Root>
        <Dialog.Trigger id="open">Open</Dialog.Trigger>
        <Dialog.Portal><Dialog.Content aria-describedby={undefined}><Dialog.Title id="dialog">Dialog</Dialog.Title></Dialog.Content></Dialog.Portal>
      </Dialog.Root>
      <button id="animate" onClick={() => setShown(true)}>Animate</button>
      <AnimatePresence>{shown && <motion.div id="moving" initial={{ opacity: 0 }} animate={{ opacity: 1 }} transition={{ duration: 0.05 }}>moving</motion.div>}</AnimatePresence>
      <Toaster />
    </main>
  );
}
