//! What a disk has left.

use std::{io, path::Path};

use rustix::fs::{StatVfs, statvfs};

/// With less free space than this, writes of the database fail, or are about to.
const ROOM_BYTES: u64 = 1024 * 1024;

/// What may be written on the disk of a folder without being root.
pub(crate) fn free_bytes(folder: &Path) -> io::Result<u64> {
    Ok(free_of(&statvfs(folder)?))
}

/// Whether the disk of a folder has no room; false where that cannot be told.
pub(crate) fn is_full(folder: &Path) -> bool {
    statvfs(folder).is_ok_and(|disk| {
        // Some disks do not count blocks or files.
        let lacks_blocks = disk.f_blocks > 0 && free_of(&disk) < ROOM_BYTES;
        lacks_blocks || (disk.f_files > 0 && disk.f_favail == 0)
    })
}

fn free_of(disk: &StatVfs) -> u64 {
    disk.f_bavail.saturating_mul(disk.f_frsize)
}
