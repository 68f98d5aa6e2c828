//! Every pure crate in one library without std.
//!
//! A panic handler exists once in a program. This crate brings one, std brings
//! another: as soon as anything below uses std, the compiler says
//! `found duplicate lang item panic_impl`.

#![no_std]
// A dependency nobody names is not loaded, and proves nothing.
#![deny(unused_crate_dependencies)]

use core::alloc::{GlobalAlloc, Layout};
use core::panic::PanicInfo;

use collodi_action as _;
use collodi_api as _;
use collodi_apps as _;
use collodi_audit as _;
use collodi_backend as _;
use collodi_command as _;
use collodi_config as _;
use collodi_contain as _;
use collodi_disk as _;
use collodi_doctor as _;
use collodi_env as _;
use collodi_facts as _;
use collodi_file as _;
use collodi_host as _;
use collodi_logs as _;
use collodi_machine as _;
use collodi_pattern as _;
use collodi_python as _;
use collodi_restart as _;
use collodi_run as _;
use collodi_sandbox as _;
use collodi_script as _;
use collodi_template as _;
use collodi_time as _;
use collodi_value as _;
use collodi_web as _;
use collodi_webhooks as _;

#[panic_handler]
fn panic(_: &PanicInfo<'_>) -> ! {
    loop {}
}

#[global_allocator]
static NOTHING: Nothing = Nothing;

/// An allocator that has nothing to give: this library is built, never run.
struct Nothing;

// SAFETY: a null pointer is how an allocator says that there is no memory.
unsafe impl GlobalAlloc for Nothing {
    unsafe fn alloc(&self, _: Layout) -> *mut u8 {
        core::ptr::null_mut()
    }

    unsafe fn dealloc(&self, _: *mut u8, _: Layout) {}
}
