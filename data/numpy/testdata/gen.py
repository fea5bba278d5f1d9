# Writes the files of this folder: python3 gen.py (NumPy 2.4).
import numpy as np

types = ["u1", "u2", "u4", "u8", "i1", "i2", "i4", "i8", "f4", "f8", "b1", ">i2", ">u4", ">f4", ">f8"]
np.savez_compressed("types.npz", **{t.replace(">", "big_"): np.array([[0, 1, 100], [1, 0, 127]], dtype=t) for t in types})
np.save("fortran.npy", np.asfortranarray(np.zeros((2, 3))))
np.save("object.npy", np.array([{}], dtype=object), allow_pickle=True)

rng = np.random.default_rng(1)
images = rng.integers(0, 256, (6, 4, 5, 3), dtype=np.uint8)
np.savez_compressed("images.npz", train_images=images, train_labels=np.arange(6)[:, None] % 3,
                    test_images=images[:2], test_labels=np.array([2, 0]), val_images=images[:1], val_labels=np.array([1]))
np.savez("numbers.npz", x=np.arange(40, dtype=np.float64).reshape(20, 2), y=np.arange(20) / 2)
