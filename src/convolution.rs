//! The definition of convolution.
