//! Sections as lists of keys: each has its type, its default and its meaning in one place. What
//! counts where a key is absent stands behind `=>`, in words.

/// A section: a struct with a [`Setting`](crate::Setting) for each key, read from a table.
macro_rules! section {
    ($(#[$meta:meta])* $name:ident {
        $($(#[doc = $doc:literal])+ $field:ident: $kind:ty = $default:expr $(=> $absent:literal)?,)+
    }) => {
        $(#[$meta])*
        #[derive(Clone, Debug, PartialEq, Eq)]
        #[non_exhaustive]
        pub struct $name {
            $($(#[doc = $doc])+ pub $field: $crate::Setting<$kind>,)+
        }

        impl $name {
            pub(crate) fn read<'a>(
                section: &mut $crate::reader::Section<'a>,
                reader: &mut $crate::reader::Reader<'a>,
            ) -> Self {
                Self {
                    $($field: section.take(stringify!($field), $default, reader),)+
                }
            }

            /// The settings as they are shown, where the section is called `path`.
            pub(crate) fn entries(&self, path: &str) -> alloc::vec::Vec<$crate::Entry> {
                alloc::vec![$({
                    let absent: &[&'static str] = &[$($absent)?];
                    let about = $crate::reader::About {
                        key: stringify!($field),
                        about: concat!($($doc),+),
                        absent: absent.first().copied(),
                    };
                    $crate::reader::entry(path, &about, &self.$field)
                },)+]
            }
        }

        impl Default for $name {
            fn default() -> Self {
                Self {
                    $($field: $crate::Setting::new($default, $crate::Origin::Default),)+
                }
            }
        }
    };
}
