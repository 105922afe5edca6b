import { configureStore, createSlice, type PayloadAction } from "@reduxjs/toolkit";
import { createWrapper, HYDRATE } from "next-redux-wrapper";

const counter = createSlice({
  name: "counter",
  initialState: { value: 0, from: "nobody" },
  reducers: {
    add: (state, action: PayloadAction<number>) => { state.value += action.payload; },
    sign: (state, action: PayloadAction<string>) => { state.from = action.payload; },
  },
  extraReducers: (builder) => builder.addCase(HYDRATE, (_state, action: any) => action.payload.counter),
});

export const { add, sign } = counter.actions;
const makeStore = () => configureStore({ reducer: { counter: counter.reducer } });
export type State = ReturnType<ReturnType<typeof makeStore>["getState"]>;
export const wrapper = createWrapper(makeStore);
