"""The parts of ``bench_streams``: the stand-in for the model, the peers, the load, and what is read off them."""
