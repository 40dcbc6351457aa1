//! The plugin's window inside one of the host's.

use anyhow::{Result, anyhow};
use clack_extensions::gui::{GuiApiType, GuiConfiguration, GuiSize, HostGuiImpl, PluginGui, Window};
use clack_host::prelude::HostError;

use super::{Guest, Requests};

/// The host's window stays as it is, and goes when the host says so.
impl HostGuiImpl for Requests {
    fn resize_hints_changed(&self) {}
    fn request_resize(&self, _size: GuiSize) -> Result<(), HostError> {
        Err(HostError::Message("this host's windows keep their size"))
    }
    fn request_show(&self) -> Result<(), HostError> {
        Ok(())
    }
    fn request_hide(&self) -> Result<(), HostError> {
        Ok(())
    }
    fn closed(&self, _was_destroyed: bool) {}
}

impl Guest {
    /// Makes the editor, not yet in any window; what size it wants to have.
    pub fn make_editor(&mut self) -> Result<GuiSize> {
        let gui: PluginGui = self.extension("window")?;
        let handle = self.instance.plugin_handle();
        let embedded = GuiConfiguration { api_type: GuiApiType::X11, is_floating: false };
        gui.create(&handle, embedded).map_err(|error| anyhow!("no editor: {error}"))?;
        gui.get_size(&handle).ok_or_else(|| anyhow!("the editor has no size"))
    }

    /// Puts the editor that was made into the X11 window `parent` and shows it.
    ///
    /// # Safety
    /// `parent` lives until [`Self::close_editor`].
    #[expect(unsafe_code, reason = "a window is named by a number, which lends nothing")]
    pub unsafe fn show_editor(&mut self, parent: u32) -> Result<()> {
        let gui: PluginGui = self.extension("window")?;
        let handle = self.instance.plugin_handle();
        // SAFETY: it lives long enough, says the caller.
        let put = unsafe { gui.set_parent(&handle, Window::from_x11_handle(parent.into())) };
        put.map_err(|error| anyhow!("the editor does not go into the window: {error}"))?;
        gui.show(&handle).map_err(|error| anyhow!("the editor does not show: {error}"))
    }

    /// Has the editor take a size.
    pub fn size_editor(&mut self, size: GuiSize) -> Result<()> {
        let gui: PluginGui = self.extension("window")?;
        let sized = gui.set_size(&self.instance.plugin_handle(), size);
        sized.map_err(|error| anyhow!("the editor does not take {} × {}: {error}", size.width, size.height))
    }

    /// Closes the editor.
    pub fn close_editor(&mut self) -> Result<()> {
        let gui: PluginGui = self.extension("window")?;
        gui.destroy(&self.instance.plugin_handle());
        Ok(())
    }
}
