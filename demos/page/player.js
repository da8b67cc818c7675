// player plays the frames of a training: see below.
kinds.player = () => {};
