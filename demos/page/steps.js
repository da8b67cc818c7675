kinds.steps = () => {};
