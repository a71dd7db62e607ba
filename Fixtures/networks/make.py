"""Makes every fixture in this folder: `scripts/make-fixtures`, or `python3 Fixtures/networks/make.py` with torch 2.13.0."""

import torch

import layers
import optimisers
import transformers

if __name__ == "__main__":
    torch.set_num_threads(1)
    layers.main()
    transformers.main()
    optimisers.main()
